// Package nodes handles what happens to compute nodes, over a store that its
// constructor returned as an interface.
//
// A node is destroyed while the message arrives that it was set up: the
// message writes Enabled over Destroying, and the node is billed for ever.
//
// Invariant: a node whose Destroy returned nil is not Enabled.
package nodes

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/constructor/store"
)

// Events handles events about nodes.
type Events struct {
	Nodes store.NodeStore
}

// NewEvents returns the events of the nodes in a table.
func NewEvents(db *dynamodb.Client, table string) Events {
	return Events{Nodes: store.NewNodeStore(db, table)}
}

// Provisioned handles the message that a node was set up.
func (e Events) Provisioned(ctx context.Context, uuid, url string) error {
	n, err := e.Nodes.GetByID(ctx, uuid)
	if err != nil {
		return fmt.Errorf("node %s: %w", uuid, err)
	}
	n.URL = url
	n.Status = "Enabled"
	return e.Nodes.Put(ctx, n) // want lostupdate
}

// Destroy begins the end of a node.
func (e Events) Destroy(ctx context.Context, uuid string) error {
	n, err := e.Nodes.GetByID(ctx, uuid)
	if err != nil {
		return err
	}
	n.Status = "Destroying"
	return e.Nodes.Put(ctx, n) // want lostupdate
}

// ProvisionedSafe handles the message on a node that is as it was read.
func (e Events) ProvisionedSafe(ctx context.Context, uuid, url string) error {
	n, err := e.Nodes.GetByID(ctx, uuid)
	if err != nil {
		return fmt.Errorf("node %s: %w", uuid, err)
	}
	if n.Status == "Destroying" {
		return nil
	}
	n.URL = url
	n.Status = "Enabled"
	return e.Nodes.PutVersion(ctx, n)
}

// DestroySafe begins the end of a node that is as it was read.
func (e Events) DestroySafe(ctx context.Context, uuid string) error {
	n, err := e.Nodes.GetByID(ctx, uuid)
	if err != nil {
		return err
	}
	n.Status = "Destroying"
	return e.Nodes.PutVersion(ctx, n)
}
