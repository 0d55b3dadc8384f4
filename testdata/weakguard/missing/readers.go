// Package missing moves a reader's mark to the last page of the book, and returns all errors but a failed condition, which means to
// it that there is no such reader: of a mark that has moved in the meantime it would say the same, so that there is no fix by a pin.
//
// Two clients add what was read in two places: both read the mark, and the later one undoes the earlier one.
//
// Invariant: the pages that clients were told are read are counted.
package missing

import (
	"context"
	"errors"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Reader is one reader.
type Reader struct {
	Name string `dynamodbav:"name"`
	Page int    `dynamodbav:"page"`
}

// Readers are kept in a table.
type Readers struct {
	DB    *dynamodb.Client
	Table string
}

func key(name string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"name": &types.AttributeValueMemberS{Value: name}}
}

func refused(err error) bool {
	var failed *types.ConditionalCheckFailedException
	return errors.As(err, &failed)
}

// spread is how far a reader has come with some pages more; nobody reads beyond the end.
func spread(page, pages int) int {
	if page+pages > 1000 {
		return 1000
	}
	return page + pages
}

// Read counts pages that a reader has read.
func (r *Readers) Read(ctx context.Context, name string, pages int) error {
	out, err := r.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(r.Table), Key: key(name)})
	if err != nil {
		return err
	}
	var reader Reader
	if err := attributevalue.UnmarshalMap(out.Item, &reader); err != nil {
		return err
	}
	_, err = r.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want weakguard
		TableName:           aws.String(r.Table),
		Key:                 key(name),
		UpdateExpression:    aws.String("SET page = :page"),
		ConditionExpression: aws.String("attribute_exists(#name)"),
		ExpressionAttributeNames: map[string]string{
			"#name": "name",
		},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":page": &types.AttributeValueMemberN{Value: strconv.Itoa(spread(reader.Page, pages))},
		},
	})
	if err != nil && !refused(err) {
		return err
	}
	return nil // or nobody of that name
}

// ReadSafe counts on what is there.
func (r *Readers) ReadSafe(ctx context.Context, name string, pages int) error {
	_, err := r.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(r.Table),
		Key:                 key(name),
		UpdateExpression:    aws.String("SET page = page + :pages"),
		ConditionExpression: aws.String("attribute_exists(#name)"),
		ExpressionAttributeNames: map[string]string{
			"#name": "name",
		},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":pages": &types.AttributeValueMemberN{Value: strconv.Itoa(pages)},
		},
	})
	if refused(err) {
		return nil // nobody of that name
	}
	return err
}
