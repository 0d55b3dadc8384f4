package freshkey

import (
	"context"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// Inline makes the row of each record itself, under a new id.
func (h *History) Inline(ctx context.Context, event events.DynamoDBEvent) error {
	for _, record := range event.Records {
		id := uuid.New().String()
		_, err := h.DB.PutItem(ctx, &dynamodb.PutItemInput{ // want streamdedup
			TableName: aws.String("history"),
			Item: map[string]types.AttributeValue{
				"id":    &types.AttributeValueMemberS{Value: id},
				"cents": &types.AttributeValueMemberN{Value: record.Change.NewImage["cents"].Number()},
			},
		})
		if err != nil {
			return err
		}
	}
	return nil
}
