package main

import "sync"

// lanes keep the commands of each call in order: of a call, one at most is ready or under way.
type lanes struct {
	ready chan *command
	mutex sync.Mutex
	// waiting has a member for each call that has a command that is ready or under way: the commands after that.
	waiting map[string][]*command
}

// newLanes makes room for as many commands as there ever are.
func newLanes(window int) *lanes {
	return &lanes{ready: make(chan *command, window), waiting: map[string][]*command{}}
}

func (l *lanes) add(c *command) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if commands, isBusy := l.waiting[c.callID]; isBusy {
		l.waiting[c.callID] = append(commands, c)
		return
	}
	l.waiting[c.callID] = nil
	l.ready <- c
}

// answered lets the call's next command go.
func (l *lanes) answered(c *command) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if commands := l.waiting[c.callID]; len(commands) > 0 {
		l.waiting[c.callID] = commands[1:]
		l.ready <- commands[0]
	} else {
		delete(l.waiting, c.callID)
	}
}
