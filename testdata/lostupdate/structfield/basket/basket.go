// Package basket changes baskets through the functions in a struct's fields.
//
// A customer changes the basket on two devices: both handlers load the same
// lines and save their own version of them.
//
// Invariant: every line that Add accepted is in the basket.
package basket

import (
	"context"
	"encoding/json"
	"net/http"
)

// Basket is one customer's basket.
type Basket struct {
	Customer string         `dynamodbav:"customer" json:"-"`
	Lines    map[string]int `dynamodbav:"lines" json:"lines"`
	Rev      int            `dynamodbav:"rev" json:"-"`
}

// Deps is what the handlers need from outside.
type Deps struct {
	Load func(ctx context.Context, customer string) (*Basket, error)
	Save func(ctx context.Context, b *Basket) error
	Swap func(ctx context.Context, b *Basket, rev int) error
}

// API answers requests.
type API struct{ deps Deps }

// NewAPI returns an API over its dependencies.
func NewAPI(d Deps) *API { return &API{deps: d} }

// ServeHTTP answers POST with the line to add.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var line struct {
		SKU string
		Qty int
	}
	if err := json.NewDecoder(r.Body).Decode(&line); err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	if err := a.Add(r.Context(), r.PathValue("customer"), line.SKU, line.Qty); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// Add puts pieces of a product into a basket.
func (a *API) Add(ctx context.Context, customer, sku string, qty int) error {
	b, err := a.deps.Load(ctx, customer)
	if err != nil {
		return err
	}
	if b.Lines == nil {
		b.Lines = map[string]int{}
	}
	b.Lines[sku] += qty
	return a.deps.Save(ctx, b) // want lostupdate // gate
}

// AddSafe puts pieces into a basket that is as it was loaded.
func (a *API) AddSafe(ctx context.Context, customer, sku string, qty int) error {
	b, err := a.deps.Load(ctx, customer)
	if err != nil {
		return err
	}
	if b.Lines == nil {
		b.Lines = map[string]int{}
	}
	b.Lines[sku] += qty
	rev := b.Rev
	b.Rev++
	return a.deps.Swap(ctx, b, rev)
}
