// Package firstpage stores the average of a product's ratings, of those on the
// first page of a query.
//
// From the first megabyte on, ratings no longer count; and two ratings at once
// each store an average that knows nothing of the other.
//
// Invariant: the average is the average of all ratings.
package firstpage

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Ratings stores ratings, each under product and user, and the average of each
// product under the product alone.
type Ratings struct {
	DB                *dynamodb.Client
	Ratings, Products string
}

type rating struct {
	Product string `dynamodbav:"product"`
	User    string `dynamodbav:"rater"`
	Stars   int    `dynamodbav:"stars"`
}

func (r *Ratings) average(ctx context.Context, product string) (float64, error) {
	out, err := r.DB.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(r.Ratings),
		KeyConditionExpression:    aws.String("product = :p"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":p": &types.AttributeValueMemberS{Value: product}},
	})
	if err != nil {
		return 0, err
	}
	var all []rating
	if err := attributevalue.UnmarshalListOfMaps(out.Items, &all); err != nil {
		return 0, err
	}
	var stars int
	for _, one := range all {
		stars += one.Stars
	}
	return float64(stars) / float64(max(1, len(all))), nil
}

func (r *Ratings) product(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"product": &types.AttributeValueMemberS{Value: id}}
}

// Refresh computes and stores the average of a product.
func (r *Ratings) Refresh(ctx context.Context, product string) error {
	avg, err := r.average(ctx, product)
	if err != nil {
		return err
	}
	_, err = r.DB.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // want writeskew
		TableName:        aws.String(r.Products),
		Key:              r.product(product),
		UpdateExpression: aws.String("SET stars = :avg"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":avg": &types.AttributeValueMemberN{Value: strconv.FormatFloat(avg, 'f', 2, 64)},
		},
	})
	return err
}

// RateSafe stores a user's first rating together with its share in the sums.
func (r *Ratings) RateSafe(ctx context.Context, product, user string, stars int) error {
	item, err := attributevalue.MarshalMap(rating{product, user, stars})
	if err != nil {
		return err
	}
	_, err = r.DB.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{
				TableName:           aws.String(r.Ratings),
				Item:                item,
				ConditionExpression: aws.String("attribute_not_exists(product)"),
			}},
			{Update: &types.Update{
				TableName:        aws.String(r.Products),
				Key:              r.product(product),
				UpdateExpression: aws.String("ADD starsSum :s, raters :one"),
				ExpressionAttributeValues: map[string]types.AttributeValue{
					":s":   &types.AttributeValueMemberN{Value: strconv.Itoa(stars)},
					":one": &types.AttributeValueMemberN{Value: "1"},
				},
			}},
		},
	})
	return err
}
