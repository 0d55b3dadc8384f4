// Package cascade is silent because the query only finds the keys of what is
// deleted with the album: nothing of the rows is used but where they are.
package cascade

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Albums stores albums and their pictures.
type Albums struct {
	DB    *dynamodb.Client
	Table string
}

type key = map[string]types.AttributeValue

func (a *Albums) keys(ctx context.Context, album string) ([]key, error) {
	pages := dynamodb.NewQueryPaginator(a.DB, &dynamodb.QueryInput{
		TableName:                 aws.String(a.Table),
		KeyConditionExpression:    aws.String("pk = :album"),
		ExpressionAttributeValues: key{":album": &types.AttributeValueMemberS{Value: "ALBUM#" + album}},
		ProjectionExpression:      aws.String("pk, sk"),
	})
	var keys []key
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			keys = append(keys, key{"pk": item["pk"], "sk": item["sk"]})
		}
	}
	return keys, nil
}

// Remove deletes an album with everything in it.
func (a *Albums) Remove(ctx context.Context, album string) error {
	keys, err := a.keys(ctx, album)
	if err != nil {
		return err
	}
	for chunk := range slices.Chunk(keys, 25) {
		if err := a.deleteAll(ctx, chunk); err != nil {
			return err
		}
	}
	return nil
}

func (a *Albums) deleteAll(ctx context.Context, keys []key) error {
	requests := make([]types.WriteRequest, 0, len(keys))
	for _, k := range keys {
		requests = append(requests, types.WriteRequest{DeleteRequest: &types.DeleteRequest{Key: k}})
	}
	left := map[string][]types.WriteRequest{a.Table: requests}
	for try := 0; len(left) > 0; try++ {
		if try == 8 {
			return fmt.Errorf("%d items were not deleted", len(left[a.Table]))
		}
		out, err := a.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: left})
		if err != nil {
			return err
		}
		left = out.UnprocessedItems
	}
	return nil
}

// RemoveOneByOne deletes an album's items one request at a time.
func (a *Albums) RemoveOneByOne(ctx context.Context, album string) error {
	keys, err := a.keys(ctx, album)
	if err != nil {
		return err
	}
	for _, k := range keys {
		if _, err := a.DB.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &a.Table, Key: k}); err != nil {
			return err
		}
	}
	return nil
}
