// Package service adjusts prices and stock through a concrete repository of
// another package: the read and the write meet here.
//
// A client that changes a price while another books a delivery writes the old
// stock back with the new price: the delivered pieces are gone.
//
// Invariant: Stock is what all booked deliveries add up to.
package service

import (
	"context"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/crosspackage/stock"
)

// Catalog changes products.
type Catalog struct {
	products *stock.Repo
}

// NewCatalog returns a catalog over a repository.
func NewCatalog(r *stock.Repo) *Catalog { return &Catalog{products: r} }

// Reprice sets the price of a product.
func (c *Catalog) Reprice(ctx context.Context, sku string, cents int64) (*stock.Product, error) {
	p, err := c.products.BySKU(ctx, sku)
	if err != nil {
		return nil, err
	}
	p.Cents = cents
	if err := c.products.Update(ctx, p); err != nil { // want lostupdate
		return nil, err
	}
	return p, nil
}

// Deliver books pieces that came in.
func (c *Catalog) Deliver(ctx context.Context, sku string, pieces int) error {
	p, err := c.products.BySKU(ctx, sku)
	if err != nil {
		return err
	}
	before := p.Stock
	after := before + pieces
	if after < 0 {
		after = 0
	}
	p.Stock = after
	return c.products.Update(ctx, p) // want lostupdate
}

// DeliverSafe books pieces that came in, or fails when the product changed.
func (c *Catalog) DeliverSafe(ctx context.Context, sku string, pieces int) error {
	p, err := c.products.BySKU(ctx, sku)
	if err != nil {
		return err
	}
	p.Stock += pieces
	return c.products.UpdateIf(ctx, p)
}
