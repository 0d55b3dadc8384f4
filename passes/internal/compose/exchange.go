package compose

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/gob"
	"fmt"
	"io"
	"strings"

	"github.com/ddbvet/ddbvet/passes/internal/summary"
	"github.com/ddbvet/ddbvet/passes/internal/term"
)

// handoverVersion names the form of a hand-over. It changes with every change to the summary package's
// types; the gate refuses any other.
const handoverVersion = "ddbvet-handover/2 "

// Handover writes a package in the form in which its run hands it to the gate.
func Handover(p *summary.Package) (string, error) {
	data, err := encode(p)
	if err != nil {
		return "", err
	}
	return handoverVersion + base64.StdEncoding.EncodeToString(data), nil
}

// Takeover reads what Handover wrote; one of another version is an error.
func Takeover(text string) (*summary.Package, error) {
	rest, ok := strings.CutPrefix(text, handoverVersion)
	if !ok {
		head, _, _ := strings.Cut(text, " ")
		return nil, fmt.Errorf("hand-over of another version of ddbvet: %.40q, want %q", head, strings.TrimSpace(handoverVersion))
	}
	data, err := base64.StdEncoding.DecodeString(rest)
	if err != nil {
		return nil, fmt.Errorf("damaged hand-over: %v", err)
	}
	p := new(summary.Package)
	if err := decode(data, p); err != nil {
		return nil, fmt.Errorf("damaged hand-over: %v", err)
	}
	return p, nil
}

func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	w, err := flate.NewWriter(&buf, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := gob.NewEncoder(w).Encode(v); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

func decode(data []byte, v any) error {
	r := flate.NewReader(bytes.NewReader(data))
	defer r.Close()
	if err := gob.NewDecoder(r).Decode(v); err != nil && err != io.EOF {
		return err
	}
	return nil
}

// A Fact carries a function's composed Summary to the packages that call it.
type Fact struct {
	Data []byte
}

// AFact marks Fact as a fact of go/analysis.
func (*Fact) AFact() {}

// maxFact bounds the bytes of one fact; what does not fit is cut down to its requests.
const maxFact = 64 << 10

// NewFact seals a body. It gives nil for a function that nobody needs to know more of than its arguments.
func NewFact(u *Universe, b *Body) (*Fact, error) {
	s := *b.Summary
	s.Results, s.Outs = b.Results, b.Outs
	s.Events = make([]summary.Event, len(b.Items))
	for i, it := range b.Items {
		s.Events[i] = it.Event
	}
	if len(s.Events) == 0 && !telling(u.Arena, &s) {
		return nil, nil
	}
	s = *copyRefs(&s)
	s.Seal(u.Arena)
	data, err := encode(&s)
	if err == nil && len(data) > maxFact {
		u.cut("%s: fact of %d bytes left out", b.Name, len(data))
		return nil, nil
	}
	return &Fact{Data: data}, err
}

// copyRefs copies what Seal overwrites.
func copyRefs(s *summary.Summary) *summary.Summary {
	c := *s
	c.Events = append([]summary.Event(nil), s.Events...)
	for i := range c.Events {
		e := &c.Events[i]
		e.Args = append([]term.Ref(nil), e.Args...)
		e.When = append([]term.Ref(nil), e.When...)
	}
	c.Results = append([]term.Ref(nil), s.Results...)
	c.Outs = append([]summary.Out(nil), s.Outs...)
	return &c
}

// telling reports results or changes that say more than that they are made of the arguments.
func telling(a *term.Arena, s *summary.Summary) bool {
	if len(s.Outs) > 0 {
		return true
	}
	for _, r := range s.Results {
		n := a.Node(r)
		if n.Op != term.Mix && n.Op != term.Call || n.M != 0 {
			return true // among them calls that give something new every time
		}
	}
	return false
}

// Summary opens a fact.
func (f *Fact) Summary() (*summary.Summary, error) {
	s := new(summary.Summary)
	err := decode(f.Data, s)
	return s, err
}

// String shows the fact in tests: the requests that the function leads to.
func (f *Fact) String() string {
	s, err := f.Summary()
	if err != nil {
		return err.Error()
	}
	var parts []string
	for _, e := range s.Events {
		if e.Kind == summary.Request {
			parts = append(parts, e.Op)
		} else {
			parts = append(parts, "call "+e.Name)
		}
	}
	return "requests(" + strings.Join(parts, ", ") + ")"
}
