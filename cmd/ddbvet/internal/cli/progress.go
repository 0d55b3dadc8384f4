package cli

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// patience is how long a person waits before wanting to know.
const patience = 2 * time.Second

// progress tells a person at a terminal how far the analysis is.
type progress struct {
	w       io.Writer
	started time.Time
	done    chan struct{}
	over    sync.WaitGroup

	mu       sync.Mutex
	packages int
}

// startProgress shows nothing unless w is a terminal.
func startProgress(w io.Writer) *progress {
	p := &progress{w: w, started: time.Now(), done: make(chan struct{})}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.over.Go(p.run)
	}
	return p
}

func (p *progress) add(packages int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.packages += packages
}

func (p *progress) run() {
	wait := time.NewTimer(patience)
	defer wait.Stop()
	select {
	case <-p.done:
		return
	case <-wait.C:
	}
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		p.mu.Lock()
		n := p.packages
		p.mu.Unlock()
		fmt.Fprintf(p.w, "\r\x1b[Kddbvet: %d packages, %d s", n, int(time.Since(p.started).Seconds()))
		select {
		case <-p.done:
			fmt.Fprint(p.w, "\r\x1b[K")
			return
		case <-tick.C:
		}
	}
}

// stop clears the line.
func (p *progress) stop() {
	close(p.done)
	p.over.Wait()
}
