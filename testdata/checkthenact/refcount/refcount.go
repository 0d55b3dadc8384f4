// Package refcount deletes a blob when its last reference is given back, as the update that counts it down
// says.
//
// Somebody takes a new reference between the update and the delete: the blob is gone, and the reference
// leads nowhere.
//
// Invariant: a blob that somebody refers to is there.
package refcount

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Blobs counts who refers to a blob.
type Blobs struct {
	DB    *dynamodb.Client
	Table string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}}
}

func number(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}

// count adds to the references of a blob and says how many there are now.
func (b *Blobs) count(ctx context.Context, id string, by int) (int, error) {
	out, err := b.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(b.Table), Key: key(id), UpdateExpression: aws.String("ADD refs :n"),
		ConditionExpression:       aws.String("attribute_exists(id)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":n": number(by)},
		ReturnValues:              types.ReturnValueUpdatedNew,
	})
	if err != nil {
		return 0, err
	}
	var refs int
	err = attributevalue.Unmarshal(out.Attributes["refs"], &refs)
	return refs, err
}

// Take takes a reference. Of more than there may be it gives the last one back: what was added is taken away
// again, however many there are by then.
func (b *Blobs) Take(ctx context.Context, id string, atMost int) (bool, error) {
	refs, err := b.count(ctx, id, 1)
	if err != nil {
		return false, err
	}
	if refs > atMost {
		_, err = b.count(ctx, id, -1)
		return false, err
	}
	return true, nil
}

// Drop gives a reference back.
func (b *Blobs) Drop(ctx context.Context, id string) error {
	refs, err := b.count(ctx, id, -1)
	if err != nil || refs > 0 {
		return err
	}
	_, err = b.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: aws.String(b.Table), Key: key(id)}) // want checkthenact
	return err
}

// DropSafe gives a reference back, and lets the delete look once more.
func (b *Blobs) DropSafe(ctx context.Context, id string) error {
	refs, err := b.count(ctx, id, -1)
	if err != nil || refs > 0 {
		return err
	}
	_, err = b.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: aws.String(b.Table), Key: key(id), ConditionExpression: aws.String("refs <= :none"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":none": number(0)},
	})
	return err
}
