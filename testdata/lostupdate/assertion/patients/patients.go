// Package patients keeps medication plans. It gets its port out of a container
// of anything, by type assertion, and uses what more a port can do when it can.
//
// Two doctors prescribe for one patient: both plans are the old plan plus one
// drug, and the second one replaces the first.
//
// Invariant: every drug whose Prescribe returned nil is in the plan.
package patients

import (
	"context"
	"errors"
)

// Plan is the medication plan of a patient.
type Plan struct {
	Patient string   `dynamodbav:"patient"`
	Drugs   []string `dynamodbav:"drugs"`
	Version int      `dynamodbav:"version"`
}

// Plans keeps plans.
type Plans interface {
	Plan(ctx context.Context, patient string) (Plan, error)
	Write(ctx context.Context, p Plan) error
}

// Versioned is what plans may be able to do as well.
type Versioned interface {
	WriteIf(ctx context.Context, p Plan, version int) error
}

// Container holds whatever the program was started with.
type Container map[string]any

var errNoPlans = errors.New("nothing here keeps plans")

// Prescribe adds a drug to a patient's plan.
func Prescribe(ctx context.Context, c Container, patient, drug string) error {
	plans, ok := c["plans"].(Plans)
	if !ok {
		return errNoPlans
	}
	p, err := plans.Plan(ctx, patient)
	if err != nil {
		return err
	}
	p.Drugs = append(p.Drugs, drug)
	return plans.Write(ctx, p) // want lostupdate // gate
}

// PrescribeSafe adds a drug to a plan that is as it was read.
func PrescribeSafe(ctx context.Context, c Container, patient, drug string) error {
	plans, ok := c["plans"].(interface {
		Plans
		Versioned
	})
	if !ok {
		return errNoPlans
	}
	p, err := plans.Plan(ctx, patient)
	if err != nil {
		return err
	}
	read := p.Version
	p.Drugs = append(p.Drugs, drug)
	p.Version = read + 1
	return plans.WriteIf(ctx, p, read)
}
