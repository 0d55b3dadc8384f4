// Package retryloop is silent because the write in the loop pins the version
// that the read of the same round saw: who loses the race reads again.
package retryloop

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrBusy says that others kept changing the house.
var ErrBusy = errors.New("too many conflicts")

// House is one greenhouse.
type House struct {
	ID      string             `dynamodbav:"id"`
	Targets map[string]float64 `dynamodbav:"targets"`
	Version int64              `dynamodbav:"version"`
}

// Houses stores greenhouses.
type Houses struct {
	DB      *dynamodb.Client
	Table   string
	Retries int
}

func (h *Houses) load(ctx context.Context, id string) (*House, error) {
	out, err := h.DB.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      aws.String(h.Table),
		Key:            map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: id}},
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	house := &House{ID: id}
	err = attributevalue.UnmarshalMap(out.Item, house)
	if house.Targets == nil {
		house.Targets = map[string]float64{}
	}
	return house, err
}

func (h *Houses) store(ctx context.Context, house *House) error {
	read := house.Version
	house.Version++
	item, err := attributevalue.MarshalMap(house)
	if err != nil {
		return err
	}
	same := expression.Name("version").Equal(expression.Value(read))
	if read == 0 {
		same = expression.Name("version").AttributeNotExists()
	}
	expr, err := expression.NewBuilder().WithCondition(same).Build()
	if err != nil {
		return err
	}
	_, err = h.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:                 aws.String(h.Table),
		Item:                      item,
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// SetTarget sets the target of one sensor.
func (h *Houses) SetTarget(ctx context.Context, id, sensor string, target float64) error {
	for i := 0; i < h.Retries; i++ {
		house, err := h.load(ctx, id)
		if err != nil {
			return err
		}
		if house.Targets[sensor] == target {
			return nil
		}
		house.Targets[sensor] = target
		err = h.store(ctx, house)
		if err == nil {
			return nil
		}
		var lost *types.ConditionalCheckFailedException
		if !errors.As(err, &lost) {
			return err
		}
		time.Sleep(time.Duration(rand.IntN(20<<i)) * time.Millisecond)
	}
	return ErrBusy
}
