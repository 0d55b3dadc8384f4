package counter

import (
	"errors"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// duplicate reports a write that was refused since the record was handled before.
func duplicate(err error) bool {
	var failed *types.ConditionalCheckFailedException
	var canceled *types.TransactionCanceledException
	return errors.As(err, &failed) || errors.As(err, &canceled)
}
