package main

import (
	"context"
	"log"
	"sync"

	amqp "github.com/rabbitmq/amqp091-go"
)

// receipt is told when the broker has confirmed what was published for it.
type receipt interface{ confirmed() }

// publisher publishes on a connection of its own, with at most a window of messages that are not confirmed.
type publisher struct {
	channel *amqp.Channel
	// mutex keeps the order of pending that of the delivery tags.
	mutex   sync.Mutex
	pending chan receipt
}

func openPublisher(url string, window int) *publisher {
	p := &publisher{channel: openChannel(url), pending: make(chan receipt, window)}
	if err := p.channel.Confirm(false); err != nil {
		log.Fatalf("asking for confirms: %v", err)
	}
	// Not the DeferredConfirmation that a publish returns: it is made after the publish, and a confirm that was faster is lost.
	go p.takeConfirms(p.channel.NotifyPublish(make(chan amqp.Confirmation, window)))
	return p
}

// publish waits until there is room in the window. The body may be used again afterwards.
func (p *publisher) publish(exchange, key string, message amqp.Publishing, whose receipt) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.pending <- whose
	if err := p.channel.PublishWithContext(context.Background(), exchange, key, false, false, message); err != nil {
		log.Fatalf("publishing: %v", err)
	}
}

// takeConfirms gets one confirmation for each publish, in their order: the library sorts them.
func (p *publisher) takeConfirms(confirms <-chan amqp.Confirmation) {
	for confirm := range confirms {
		if !confirm.Ack {
			log.Fatal("the broker refused a message")
		}
		(<-p.pending).confirmed()
	}
}
