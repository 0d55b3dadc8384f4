// Package rental rents out bicycles over a port that nobody visibly converts
// anything to: the container does it by reflection.
//
// Two rides of one bicycle are closed at once (the lock sent its message
// twice, with two distances): both add to the same old distance.
//
// Invariant: the distance is the sum of all rides.
package rental

import "context"

// Bike is one bicycle.
type Bike struct {
	Frame   string  `dynamodbav:"frame"`
	KM      float64 `dynamodbav:"km"`
	Service bool    `dynamodbav:"service"`
	Version int     `dynamodbav:"version"`
}

// Bikes keeps bicycles.
type Bikes interface {
	Load(ctx context.Context, frame string) (*Bike, error)
	Save(ctx context.Context, b *Bike) error
	SaveIf(ctx context.Context, b *Bike, version int) error
}

// Rental rents out bicycles.
type Rental struct{ bikes Bikes }

// New is the constructor that the container calls.
func New(b Bikes) *Rental { return &Rental{bikes: b} }

// Ride adds a ride.
func (r *Rental) Ride(ctx context.Context, frame string, km float64) error {
	b, err := r.bikes.Load(ctx, frame)
	if err != nil {
		return err
	}
	b.KM += km
	b.Service = b.KM > 5000
	return r.bikes.Save(ctx, b) // want lostupdate // gate
}

// RideSafe adds a ride to a bicycle that is as it was loaded.
func (r *Rental) RideSafe(ctx context.Context, frame string, km float64) error {
	b, err := r.bikes.Load(ctx, frame)
	if err != nil {
		return err
	}
	read := b.Version
	b.KM += km
	b.Service = b.KM > 5000
	b.Version++
	return r.bikes.SaveIf(ctx, b, read)
}
