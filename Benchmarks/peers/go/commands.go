package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// command is one that is not settled yet.
type command struct {
	delivery  amqp.Delivery
	session   *session
	callID    string
	operation string
	// body is what GWS gets: all but the address.
	body    []byte
	settled chan<- uint64
}

func (c *command) confirmed() { c.settled <- c.delivery.DeliveryTag }

// outcome is the body of the reply.
type outcome struct {
	CommandID     string `json:"commandId,omitempty"`
	Agent         string `json:"agent,omitempty"`
	CallID        string `json:"callId,omitempty"`
	OperationName string `json:"operationName,omitempty"`
	Outcome       string `json:"outcome"`
	Final         bool   `json:"final"`
	Reason        string `json:"reason,omitempty"`
	Detail        string `json:"detail,omitempty"`
	HTTPStatus    int    `json:"httpStatus,omitempty"`
	StatusCode    *int   `json:"statusCode,omitempty"`
	StatusMessage string `json:"statusMessage,omitempty"`
}

// runCommands takes commands from the queue, as many as the window at a time. A command waits in the lane of its call until those before
// it have been answered; the lanes whose turn it is wait for one of so many workers as there may be requests at once.
func runCommands(ctx context.Context, o options) {
	sessions, err := logIn(ctx, o, newClient(o.concurrency, 10*time.Second))
	if err != nil {
		log.Fatal(err)
	}
	publisher := openPublisher(o.amqp, o.window)
	channel := openChannel(o.amqp)
	if err := channel.Qos(o.window, 0, false); err != nil {
		log.Fatal(err)
	}
	const consumer = "go-peer"
	deliveries, err := channel.Consume(o.queue, consumer, false, false, false, false, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("ready")

	var unsettled sync.WaitGroup
	settled := make(chan uint64, o.window)
	go acknowledge(channel, settled, &unsettled)
	lanes := newLanes(o.window)
	for number := 0; number < o.concurrency; number++ {
		go work(lanes, publisher)
	}
	go func() {
		<-ctx.Done()
		channel.Cancel(consumer, false)
	}()
	for delivery := range deliveries {
		unsettled.Add(1)
		c := &command{delivery: delivery, settled: settled}
		if err := c.decode(sessions); err != nil {
			c.reply(publisher, outcome{Outcome: "rejected", Reason: "malformed", Detail: err.Error()})
		} else {
			lanes.add(c)
		}
	}
	unsettled.Wait()
	channel.Close()
}

func (c *command) decode(sessions map[string]*session) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(c.delivery.Body, &members); err != nil {
		return err
	}
	var agent string
	for name, into := range map[string]*string{"agent": &agent, "callId": &c.callID, "operationName": &c.operation} {
		if err := json.Unmarshal(members[name], into); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if c.session = sessions[agent]; c.session == nil {
		return fmt.Errorf("there is no agent %q", agent)
	}
	delete(members, "agent")
	delete(members, "callId")
	var err error
	c.body, err = json.Marshal(members)
	return err
}

func work(lanes *lanes, publisher *publisher) {
	var buffer bytes.Buffer
	for c := range lanes.ready {
		result := c.post(&buffer)
		lanes.answered(c)
		c.reply(publisher, result)
	}
}

func (c *command) post(buffer *bytes.Buffer) outcome {
	result := outcome{
		CommandID: c.delivery.MessageId, Agent: c.session.agent, CallID: c.callID, OperationName: c.operation, Final: true}
	// It is not cut short at the end of the program: nobody would know what came of it.
	response, err := c.session.post(context.Background(), "/api/v2/me/calls/"+url.PathEscape(c.callID), c.body, buffer)
	if err != nil {
		result.Outcome, result.Reason, result.Detail = "unknown", "cut", err.Error()
		return result
	}
	var answer struct {
		StatusCode    *int
		StatusMessage string
	}
	err = json.Unmarshal(buffer.Bytes(), &answer)
	result.HTTPStatus, result.StatusCode, result.StatusMessage = response.StatusCode, answer.StatusCode, answer.StatusMessage
	switch {
	case response.StatusCode != http.StatusOK:
		result.Outcome, result.Reason = "refused", "gws"
	case err != nil || answer.StatusCode == nil:
		result.Outcome, result.Reason = "unknown", "gws-error"
	case *answer.StatusCode != 0:
		result.Outcome, result.Reason = "refused", "gws"
	default:
		result.Outcome = "accepted"
	}
	return result
}

// reply publishes the outcome; when the broker has confirmed it, the command is acknowledged.
func (c *command) reply(publisher *publisher, result outcome) {
	result.Final = true
	if c.delivery.ReplyTo == "" {
		c.confirmed()
		return
	}
	body, err := json.Marshal(result)
	if err != nil {
		log.Fatal(err)
	}
	publisher.publish("", c.delivery.ReplyTo, amqp.Publishing{
		ContentType:   "application/json",
		DeliveryMode:  amqp.Persistent,
		CorrelationId: c.delivery.CorrelationId,
		Type:          result.Outcome,
		Body:          body,
	}, c)
}

// acknowledge sends one acknowledgement for all commands that are settled by now, up to the first that is not.
func acknowledge(channel *amqp.Channel, settled <-chan uint64, unsettled *sync.WaitGroup) {
	waiting := map[uint64]bool{}
	var last uint64
	for tag := range settled {
		waiting[tag] = true
		for more := true; more; {
			select {
			case tag := <-settled:
				waiting[tag] = true
			default:
				more = false
			}
		}
		before := last
		for waiting[last+1] {
			last++
			delete(waiting, last)
		}
		if last == before {
			continue
		}
		if err := channel.Ack(last, true); err != nil {
			log.Fatalf("acknowledging: %v", err)
		}
		unsettled.Add(int(before) - int(last))
	}
}
