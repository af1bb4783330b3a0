package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// session is what an agent's requests carry: cookies and the CSRF token, made into headers once.
type session struct {
	agent, gws string
	client     *http.Client
	header     http.Header
	cookies    map[string]string
}

// newClient keeps up to so many connections to GWS open, and waits for an answer for so long.
func newClient(connections int, patience time.Duration) *http.Client {
	return &http.Client{Transport: &http.Transport{
		MaxConnsPerHost:       connections,
		MaxIdleConnsPerHost:   connections,
		IdleConnTimeout:       90 * time.Second,
		ResponseHeaderTimeout: patience,
		DisableCompression:    true,
	}}
}

// logIn logs in so many agents at once that it does not take long and GWS does not mind.
func logIn(ctx context.Context, o options, client *http.Client) (map[string]*session, error) {
	sessions := make(map[string]*session, o.agents)
	for number := o.firstAgent; number < o.firstAgent+o.agents; number++ {
		agent := strconv.Itoa(number)
		sessions[agent] = &session{agent: agent, gws: o.gws, client: client}
	}
	return sessions, atOnce(sessions, func(s *session) error { return s.logIn(ctx) })
}

// atOnce does something for all sessions, for 32 at a time, and returns the first error.
func atOnce(sessions map[string]*session, do func(*session) error) error {
	places, errs := make(chan struct{}, 32), make(chan error, len(sessions))
	for _, s := range sessions {
		places <- struct{}{}
		go func(s *session) {
			errs <- do(s)
			<-places
		}(s)
	}
	var first error
	for range sessions {
		if err := <-errs; err != nil && first == nil {
			first = err
		}
	}
	return first
}

func (s *session) logIn(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, s.gws+"/api/v2/me", nil)
	if err != nil {
		return err
	}
	request.SetBasicAuth(s.agent, s.agent)
	response, err := s.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	io.Copy(io.Discard, response.Body)
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("logging in %s: %s", s.agent, response.Status)
	}
	s.header = http.Header{"Content-Type": {"application/json"}}
	s.cookies = map[string]string{}
	s.keepCookies(response)
	if name := response.Header.Get("X-CSRF-HEADER"); name != "" {
		s.header.Set(name, response.Header.Get("X-CSRF-TOKEN"))
	}
	return nil
}

// keepCookies must not be called while there are requests under way, for they share the header.
func (s *session) keepCookies(response *http.Response) {
	for _, cookie := range response.Cookies() {
		s.cookies[cookie.Name] = cookie.Value
	}
	var pairs []string
	for name, value := range s.cookies {
		pairs = append(pairs, name+"="+value)
	}
	if len(pairs) > 0 {
		s.header.Set("Cookie", strings.Join(pairs, "; "))
	}
}

var errTooLarge = errors.New("an answer of GWS is too large")

// post reads the answer's body into the buffer.
func (s *session) post(ctx context.Context, path string, body []byte, into *bytes.Buffer) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.gws+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header = s.header
	response, err := s.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	into.Reset()
	const limit = 64 << 20
	if count, err := into.ReadFrom(io.LimitReader(response.Body, limit)); err != nil {
		return nil, err
	} else if count == limit {
		return nil, errTooLarge
	}
	return response, nil
}
