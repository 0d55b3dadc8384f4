// Package svc calls ports in as many shapes as programs do. Behind each call stands in a comment what it runs of the
// functions that send requests.
package svc

import (
	"context"
	"sync"

	"github.com/ddbvet/ddbvet/passes/internal/compose/testdata/wiring/port"
)

// Real gets the table from its constructor.
type Real struct{ repo port.Repo }

// NewReal returns a Real.
func NewReal(r port.Repo) *Real { return &Real{repo: r} }

// Save calls its port.
func (s *Real) Save(ctx context.Context, it *port.Item) error {
	return s.repo.Save(ctx, it) // runs (*table.Items).Save
}

// Fake gets only what is in memory, though its port is the same.
type Fake struct{ repo port.Repo }

// NewFake returns a Fake.
func NewFake(r port.Repo) *Fake { return &Fake{repo: r} }

// Save calls its port.
func (s *Fake) Save(ctx context.Context, it *port.Item) error {
	return s.repo.Save(ctx, it) // runs nothing
}

// Off gets the table or nothing, by configuration.
type Off struct{ repo port.Repo }

// SetRepo is a setter.
func (s *Off) SetRepo(r port.Repo) { s.repo = r }

// Save calls its port.
func (s *Off) Save(ctx context.Context, it *port.Item) error {
	return s.repo.Save(ctx, it) // runs (*table.Items).Save
}

// Filled is filled by a container by reflection: nobody is seen to give it anything.
type Filled struct{ Repo port.Repo }

// Drop has only one implementation that sends a request.
func (s *Filled) Save(ctx context.Context, it *port.Item) error {
	return s.Repo.Save(ctx, it) // runs (*svc.Counting).Save, (*table.Items).Save, (table.Archive).Save, (table.hidden).Save
}

// Narrow takes one port and converts it to a smaller one.
type Narrow struct{ saver port.Saver }

// NewNarrow returns a Narrow.
func NewNarrow(full port.Full) *Narrow { return &Narrow{saver: full} }

// Save calls its port.
func (s *Narrow) Save(ctx context.Context, it *port.Item) error {
	return s.saver.Save(ctx, it) // runs (*table.Items).Save
}

// Counting embeds its port and has a method of its own.
type Counting struct {
	port.Repo
	n int
}

// Save counts and calls on.
func (c *Counting) Save(ctx context.Context, it *port.Item) error {
	c.n++
	return c.Repo.Save(ctx, it) // runs (table.Archive).Save
}

// Decorated gets a Counting around the archive.
type Decorated struct{ repo port.Repo }

// NewDecorated returns a Decorated.
func NewDecorated(r port.Repo) *Decorated { return &Decorated{r} }

// Touch reads by the method that is passed on, and writes by the one that is not.
func (s *Decorated) Touch(ctx context.Context, id string) error {
	it, err := s.repo.Get(ctx, id) // runs (table.Archive).Get
	if err != nil {
		return err
	}
	return s.repo.Save(ctx, it) // runs (*svc.Counting).Save
}

// Hidden gets what a constructor of another package returns as an interface.
type Hidden struct{ repo port.Repo }

// NewHidden returns a Hidden.
func NewHidden(r port.Repo) Hidden { return Hidden{repo: r} }

// Save calls its port.
func (s Hidden) Save(ctx context.Context, it *port.Item) error {
	return s.repo.Save(ctx, it) // runs (table.hidden).Save
}

// Default is a port in a package variable, which is set by the program.
var Default port.Repo

// SaveDefault calls it.
func SaveDefault(ctx context.Context, it *port.Item) error {
	return Default.Save(ctx, it) // runs (table.Archive).Save
}

var (
	once sync.Once
	lazy port.Repo
	// Make makes what Lazy returns.
	Make func() port.Repo
)

// Lazy makes its port on the first call.
func Lazy() port.Repo {
	once.Do(func() { lazy = Make() })
	return lazy
}

// SaveLazy calls it.
func SaveLazy(ctx context.Context, it *port.Item) error {
	return Lazy().Save(ctx, it) // runs (*table.Items).Save
}
