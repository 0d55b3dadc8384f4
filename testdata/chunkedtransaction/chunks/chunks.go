// Package chunks closes a ledger: the bookings of one closing go into several transactions.
//
// Invariant: a closing is booked completely or not at all.
package chunks

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const most = 100

// Ledger is the program's DynamoDB.
type Ledger struct{ DB *dynamodb.Client }

// Close books a closing.
func (l *Ledger) Close(ctx context.Context, bookings []types.TransactWriteItem) error {
	for i := 0; i < len(bookings); i += most {
		end := min(i+most, len(bookings))
		_, err := l.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: bookings[i:end]}) // want chunkedtransaction
		if err != nil {
			return err
		}
	}
	return nil
}

// CloseSafe refuses what does not fit into one transaction.
func (l *Ledger) CloseSafe(ctx context.Context, bookings []types.TransactWriteItem) error {
	if len(bookings) > most {
		return errors.New("too many bookings")
	}
	_, err := l.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: bookings})
	return err
}
