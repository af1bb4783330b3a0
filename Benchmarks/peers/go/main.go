// What one would write in Go instead of using gws-bridge: on amqp091-go and net/http, with the guarantees of the measurement and no more.
// An agent's session that breaks is begun again; when the broker goes, so does the program, for its supervisor to start it again.
//
//	go-peer commands|events --amqp URL --gws URL [--agents 20] [--first-agent 5001] [--concurrency 64] [--window 512]
//	                        [--queue gws.commands] [--exchange gws.events]
//
// It prints "ready" when it consumes or all agents are subscribed, and ends at SIGTERM when what it has begun is settled. Debian's
// packages want GO111MODULE=off GOPATH=/usr/share/gocode go build.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"strings"
	"syscall"

	amqp "github.com/rabbitmq/amqp091-go"
)

type options struct {
	amqp, gws, queue, exchange              string
	agents, firstAgent, concurrency, window int
}

func main() {
	modes := map[string]func(context.Context, options){"commands": runCommands, "events": runEvents}
	if len(os.Args) < 2 || modes[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "go-peer commands|events --amqp URL --gws URL ...")
		os.Exit(64)
	}
	var o options
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	flags.StringVar(&o.amqp, "amqp", "amqp://localhost", "the broker's `URL`")
	flags.StringVar(&o.gws, "gws", "http://localhost:8090", "the `URL` of GWS")
	flags.StringVar(&o.queue, "queue", "gws.commands", "where commands come from")
	flags.StringVar(&o.exchange, "exchange", "gws.events", "where events go")
	flags.IntVar(&o.agents, "agents", 20, "how many agents")
	flags.IntVar(&o.firstAgent, "first-agent", 5001, "the number of the first")
	flags.IntVar(&o.concurrency, "concurrency", 64, "how many commands may be at GWS at once")
	flags.IntVar(&o.window, "window", 512, "how many messages may be unsettled at once")
	flags.Parse(os.Args[2:])
	o.gws = strings.TrimSuffix(o.gws, "/")

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	modes[os.Args[1]](ctx, o)
}

// openChannel opens a channel on a connection of its own. Without it there is nothing to be done, so the program ends with it.
func openChannel(url string) *amqp.Channel {
	connection, err := amqp.Dial(url)
	if err != nil {
		log.Fatalf("connecting to the broker: %v", err)
	}
	channel, err := connection.Channel()
	if err != nil {
		log.Fatalf("opening a channel: %v", err)
	}
	closed := channel.NotifyClose(make(chan *amqp.Error, 1))
	go func() {
		// There is no error where the program has closed it.
		if err := <-closed; err != nil {
			log.Fatalf("the broker went: %v", err)
		}
	}()
	return channel
}
