package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"strings"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// feed is an agent's Bayeux session. A batch is acknowledged by the next poll, which goes when the broker has confirmed all of it.
type feed struct {
	*session
	publisher   *publisher
	exchange    string
	clientID    string
	requests    int
	batch       int64
	isAcked     bool
	unconfirmed sync.WaitGroup
	// These are used again for each answer.
	body     bytes.Buffer
	messages []json.RawMessage
}

func (f *feed) confirmed() { f.unconfirmed.Done() }

// request is any message to GWS.
type request struct {
	Channel                  string   `json:"channel"`
	ID                       string   `json:"id"`
	ClientID                 string   `json:"clientId,omitempty"`
	Version                  string   `json:"version,omitempty"`
	SupportedConnectionTypes []string `json:"supportedConnectionTypes,omitempty"`
	ConnectionType           string   `json:"connectionType,omitempty"`
	Subscription             []string `json:"subscription,omitempty"`
	Advice                   *advice  `json:"advice,omitempty"`
	Ext                      *ext     `json:"ext,omitempty"`
}

type advice struct {
	Timeout int `json:"timeout"`
}

// ext is of the acknowledgement extension: true to offer it, then the number of the last batch.
type ext struct {
	Ack any `json:"ack"`
}

// reply is a message from GWS on a channel that begins with /meta/.
type reply struct {
	Successful bool
	Error      string
	ClientID   string
	Ext        struct{ Ack json.RawMessage }
	Advice     struct{ Interval int }
}

// notification is what has to be known of a message in order to publish it.
type notification struct {
	Channel string
	Data    struct {
		NotificationType, MessageType string
		Call                          struct{ ID string }
		Devices                       []struct{ ID string }
	}
}

func runEvents(ctx context.Context, o options) {
	// Each agent has a request under way. A poll is held for 30 s if nothing else was agreed on.
	sessions, err := logIn(ctx, o, newClient(o.agents, 90*time.Second))
	if err != nil {
		log.Fatal(err)
	}
	publisher := openPublisher(o.amqp, o.window)
	feeds := make(map[*session]*feed, len(sessions))
	for _, s := range sessions {
		feeds[s] = &feed{session: s, publisher: publisher, exchange: o.exchange}
	}
	if err := atOnce(sessions, func(s *session) error { return feeds[s].subscribe(ctx) }); err != nil {
		log.Fatal(err)
	}
	fmt.Println("ready")
	var running sync.WaitGroup
	for _, f := range feeds {
		running.Add(1)
		go func(f *feed) {
			defer running.Done()
			f.run(ctx)
		}(f)
	}
	running.Wait()
	publisher.channel.Close()
}

// run polls until the program is to end, in as many sessions as that takes.
func (f *feed) run(ctx context.Context) {
	for {
		err := f.poll(ctx)
		for err != nil {
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Second):
			}
			log.Printf("agent %s begins again: %v", f.agent, err)
			if err = f.logIn(ctx); err == nil {
				err = f.subscribe(ctx)
			}
		}
	}
}

// subscribe ends when the first poll, which GWS does not hold, was answered.
func (f *feed) subscribe(ctx context.Context) error {
	f.clientID, f.batch = "", -1
	handshake, err := f.ask(ctx, request{
		Channel: "/meta/handshake", Version: "1.0", SupportedConnectionTypes: []string{"long-polling"}, Ext: &ext{true}})
	if err != nil {
		return err
	}
	f.clientID, f.isAcked = handshake.ClientID, len(handshake.Ext.Ack) > 0 && string(handshake.Ext.Ack) != "false"
	subscription := []string{"/v2/me/*", "/v2/me", "/notifications/services"}
	if _, err = f.ask(ctx, request{Channel: "/meta/subscribe", ClientID: f.clientID, Subscription: subscription}); err != nil {
		return err
	}
	_, err = f.connect(ctx, &advice{Timeout: 0})
	return err
}

func (f *feed) poll(ctx context.Context) error {
	for {
		answer, err := f.connect(ctx, nil)
		if err != nil {
			return err
		}
		if answer.Advice.Interval > 0 {
			time.Sleep(time.Duration(answer.Advice.Interval) * time.Millisecond)
		}
	}
}

func (f *feed) connect(ctx context.Context, hint *advice) (reply, error) {
	connect := request{Channel: "/meta/connect", ClientID: f.clientID, ConnectionType: "long-polling", Advice: hint}
	if f.isAcked {
		connect.Ext = &ext{f.batch}
	}
	answer, err := f.ask(ctx, connect)
	if err == nil && f.isAcked {
		err = json.Unmarshal(answer.Ext.Ack, &f.batch)
	}
	return answer, err
}

// ask sends a message and returns the reply to it, when all notifications that came with it are confirmed.
func (f *feed) ask(ctx context.Context, message request) (answer reply, err error) {
	f.requests++
	message.ID = fmt.Sprint(f.requests)
	body, err := json.Marshal([]request{message})
	if err != nil {
		return answer, err
	}
	response, err := f.post(ctx, "/api/v2/notifications", body, &f.body)
	if err != nil {
		return answer, err
	}
	if response.StatusCode != 200 {
		return answer, fmt.Errorf("%s was answered with %s", message.Channel, response.Status)
	}
	if len(response.Header["Set-Cookie"]) > 0 {
		f.keepCookies(response)
	}
	if err := json.Unmarshal(f.body.Bytes(), &f.messages); err != nil {
		return answer, err
	}
	isAnswered := false
	for _, raw := range f.messages {
		var n notification
		if err := json.Unmarshal(raw, &n); err != nil {
			return answer, err
		}
		if n.Channel == message.Channel {
			isAnswered = true
			if err := json.Unmarshal(raw, &answer); err != nil {
				return answer, err
			}
		} else if !strings.HasPrefix(n.Channel, "/meta/") {
			f.unconfirmed.Add(1)
			f.publisher.publish(f.exchange, n.key(f.agent), amqp.Publishing{
				ContentType: "application/json", DeliveryMode: amqp.Persistent, Type: n.kind(), Body: raw}, f)
		}
	}
	f.unconfirmed.Wait()
	if !isAnswered || !answer.Successful {
		return answer, fmt.Errorf("%s did not succeed: %s", message.Channel, answer.Error)
	}
	return answer, nil
}

func (n *notification) kind() string {
	switch {
	case n.Data.NotificationType != "":
		return n.Data.NotificationType
	case n.Data.MessageType != "":
		return n.Data.MessageType
	}
	return "-"
}

// A segment of a routing key may have no dots.
var segment = strings.NewReplacer("%", "%25", ".", "%2E", "*", "%2A", "#", "%23")

func (n *notification) key(agent string) string {
	switch {
	case n.Data.Call.ID != "":
		return "call." + segment.Replace(n.Data.Call.ID) + "." + segment.Replace(n.kind())
	case len(n.Data.Devices) > 0 && n.Data.Devices[0].ID != "":
		return "device." + segment.Replace(n.Data.Devices[0].ID) + "." + segment.Replace(n.kind())
	}
	return "agent." + segment.Replace(agent) + "." + segment.Replace(n.kind())
}
