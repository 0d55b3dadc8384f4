// Package ids is silent because a line of the log is put under a number that an
// atomic counter gave out for it alone, and the crew that was looked up before is
// other items: no two lines meet, and both clients are to log.
package ids

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// ErrNobody says that a ship has no crew.
var ErrNobody = errors.New("nobody is on board")

var errNoNumber = errors.New("the counter gave no number")

// Ship is a log and the crew who write it.
type Ship struct {
	DB    *dynamodb.Client
	Table string
}

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func (s *Ship) crew(ctx context.Context) (int, error) {
	out, err := s.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(s.Table),
		KeyConditionExpression:    aws.String("pk = :crew"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":crew": text("CREW")},
	})
	if err != nil {
		return 0, err
	}
	return len(out.Items), nil
}

func (s *Ship) next(ctx context.Context) (int64, error) {
	out, err := s.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(s.Table),
		Key:                       map[string]types.AttributeValue{"pk": text("COUNTER"), "sk": text("LOG")},
		UpdateExpression:          aws.String("ADD logged :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
		ReturnValues:              types.ReturnValueUpdatedNew,
	})
	if err != nil {
		return 0, err
	}
	lines, ok := out.Attributes["logged"].(*types.AttributeValueMemberN)
	if !ok {
		return 0, errNoNumber
	}
	return strconv.ParseInt(lines.Value, 10, 64)
}

// Log writes a line, if there is somebody on board to have seen it.
func (s *Ship) Log(ctx context.Context, line string) error {
	n, err := s.crew(ctx)
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrNobody
	}
	id, err := s.next(ctx)
	if err != nil {
		return err
	}
	_, err = s.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(s.Table),
		Item: map[string]types.AttributeValue{
			"pk":   text("LOG"),
			"sk":   text(strconv.FormatInt(id, 10)),
			"line": text(line),
		},
	})
	return err
}
