// Package guregu is written with github.com/guregu/dynamo/v2: conditions by
// If, with ?, $ and quoted names, counters by Add, and transactions.
//
// Two riders return a bicycle to one stand at once: both put the number they
// read plus one, under conditions that say nothing about that number.
//
// Invariant: the number of bicycles is that of all returns and moves, it is
// never below zero, and a stand has one keeper.
package guregu

import (
	"context"
	"errors"

	"github.com/guregu/dynamo/v2"
	"github.com/guregu/dynamo/v2/dynamodbiface"
)

var (
	// ErrEmpty says that there is no bicycle to take.
	ErrEmpty = errors.New("no bicycle")
	// ErrKept says that a stand has its keeper.
	ErrKept = errors.New("stand has a keeper")
)

// Stand is one stand. Count is a reserved word of DynamoDB.
type Stand struct {
	City   string `dynamo:"city,hash"`
	Place  string `dynamo:"place,range"`
	Count  int    `dynamo:"Count"`
	Status string `dynamo:"status"`
	Keeper string `dynamo:"keeper,omitempty"`
	Rev    int    `dynamo:"rev"`
}

// City is the stands of one city.
type City struct {
	db   *dynamo.DB
	name string
}

// NewCity returns the stands of a city.
func NewCity(client dynamodbiface.DynamoDBAPI, name string) *City {
	return &City{db: dynamo.NewFromIface(client), name: name}
}

func (c *City) stands() dynamo.Table { return c.db.Table("stands") }

func (c *City) get(ctx context.Context, place string) (*Stand, error) {
	var s Stand
	err := c.stands().Get("city", c.name).Range("place", dynamo.Equal, place).One(ctx, &s)
	if err != nil {
		return nil, err
	}
	return &s, nil
}

// Return brings a bicycle back to a stand that is open.
func (c *City) Return(ctx context.Context, place string) error {
	s, err := c.get(ctx, place)
	if err != nil {
		return err
	}
	s.Count++
	return c.stands().Put(s).If("'status' = ?", "open").Run(ctx) // want weakguard
}

// ReturnSafe pins the number that was read, in the second of two conditions.
func (c *City) ReturnSafe(ctx context.Context, place string) error {
	s, err := c.get(ctx, place)
	if err != nil {
		return err
	}
	read := s.Count
	s.Count++
	return c.stands().Put(s).If("'status' = ?", "open").If("'Count' = ?", read).Run(ctx)
}

// ReturnOnce checks the revision where the caller asks for it.
func (c *City) ReturnOnce(ctx context.Context, place string, careful bool) error {
	s, err := c.get(ctx, place)
	if err != nil {
		return err
	}
	read := s.Rev
	s.Count++
	s.Rev++
	put := c.stands().Put(s)
	if careful {
		put.If("rev = ?", read)
	}
	return put.Run(ctx) // want weakguard
}

// ReturnOnceSafe checks the revision on both ways.
func (c *City) ReturnOnceSafe(ctx context.Context, place string, careful bool) error {
	s, err := c.get(ctx, place)
	if err != nil {
		return err
	}
	read := s.Rev
	s.Count++
	s.Rev++
	return c.guarded(c.stands().Put(s), "rev", read).Run(ctx)
}

// guarded adds the condition in a helper.
func (c *City) guarded(p *dynamo.Put, attr string, read int) *dynamo.Put {
	return p.If("$ = ?", attr, read)
}

// DeliverSafe lets DynamoDB add.
func (c *City) DeliverSafe(ctx context.Context, place string, n int) error {
	s, err := c.get(ctx, place)
	if err != nil {
		return err
	}
	return c.stands().Update("city", s.City).Range("place", s.Place).Add("Count", n).Run(ctx)
}

// Take takes a bicycle if there was one: the counter is no guard for the check made before it.
func (c *City) Take(ctx context.Context, place string) error {
	s, err := c.get(ctx, place)
	if err != nil {
		return err
	}
	if s.Count < 1 {
		return ErrEmpty
	}
	return c.stands().Update("city", c.name).Range("place", place).Add("Count", -1).Run(ctx) // want checkthenact
}

// TakeSafe takes a bicycle if there is one when the write arrives.
func (c *City) TakeSafe(ctx context.Context, place string) error {
	var left Stand
	return c.stands().Update("city", c.name).Range("place", place).
		SetExpr("'Count' = 'Count' - ?", 1).
		If("'Count' >= ?", 1).
		Value(ctx, &left)
}

// Keep makes somebody the keeper of a stand without one.
func (c *City) Keep(ctx context.Context, place, who string) error {
	s, err := c.get(ctx, place)
	if err != nil {
		return err
	}
	if s.Keeper != "" {
		return ErrKept
	}
	return c.stands().Update("city", c.name).Range("place", place).
		Set("keeper", who).
		If("attribute_exists($)", "city").
		Run(ctx) // want checkthenact
}

// KeepSafe lets DynamoDB see that there is none.
func (c *City) KeepSafe(ctx context.Context, place, who string) error {
	s, err := c.get(ctx, place)
	if err != nil {
		return err
	}
	if s.Keeper != "" {
		return ErrKept
	}
	return c.stands().Update("city", c.name).Range("place", place).
		Set("keeper", who).
		If("attribute_exists($) AND attribute_not_exists(keeper)", "city").
		Run(ctx)
}

// Move moves bicycles between stands in a transaction that checks neither.
func (c *City) Move(ctx context.Context, from, to string, n int) error {
	a, err := c.get(ctx, from)
	if err != nil {
		return err
	}
	b, err := c.get(ctx, to)
	if err != nil {
		return err
	}
	a.Count -= n
	b.Count += n
	tx := c.db.WriteTx()
	tx.Put(c.stands().Put(a))
	tx.Put(c.stands().Put(b))
	return tx.Run(ctx) // want weakguard
}

// MoveSafe lets DynamoDB move them, from a stand that has enough to one that is there.
func (c *City) MoveSafe(ctx context.Context, from, to string, n int) error {
	take := c.stands().Update("city", c.name).Range("place", from).Add("Count", -n).If("'Count' >= ?", n)
	give := c.stands().Update("city", c.name).Range("place", to).Add("Count", n).If("attribute_exists(city)")
	return c.db.WriteTx().Update(take).Update(give).Run(ctx)
}

// Close closes a stand that is empty, with a check of another stand that has nothing to do with it.
func (c *City) Close(ctx context.Context, place, other string) error {
	s, err := c.get(ctx, place)
	if err != nil {
		return err
	}
	if s.Count > 0 {
		return ErrEmpty
	}
	s.Status = "closed"
	return c.db.WriteTx().
		Put(c.stands().Put(s)).
		Check(c.stands().Check("city", c.name).Range("place", other).IfExists()).
		Run(ctx) // want weakguard
}

// CloseSafe puts what it read while the revision is still that one.
func (c *City) CloseSafe(ctx context.Context, place, other string) error {
	s, err := c.get(ctx, place)
	if err != nil {
		return err
	}
	if s.Count > 0 {
		return ErrEmpty
	}
	read := s.Rev
	s.Status = "closed"
	s.Rev++
	return c.db.WriteTx().
		Put(c.stands().Put(s).If("rev = ?", read)).
		Check(c.stands().Check("city", c.name).Range("place", other).IfExists()).
		Run(ctx)
}
