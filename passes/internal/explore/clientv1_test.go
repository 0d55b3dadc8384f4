//lint:file-ignore SA1019 the client of version 1 is what is tested

package explore

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	awsv1 "github.com/aws/aws-sdk-go/aws"
	dynamodbv1 "github.com/aws/aws-sdk-go/service/dynamodb"
)

// redeemV1 is the lost update written against version 1 of the SDK.
func redeemV1(ctx context.Context, _ *dynamodb.Client) error {
	c := NewClientV1(Transport(ctx))
	key := map[string]*dynamodbv1.AttributeValue{"id": {S: awsv1.String("g")}}
	out, err := c.GetItemWithContext(ctx, &dynamodbv1.GetItemInput{TableName: awsv1.String("cards"), Key: key})
	if err != nil {
		return err
	}
	key["balance"] = &dynamodbv1.AttributeValue{N: awsv1.String("70")}
	if *out.Item["balance"].N != "100" {
		key["balance"].N = awsv1.String("40")
	}
	_, err = c.PutItemWithContext(ctx, &dynamodbv1.PutItemInput{TableName: awsv1.String("cards"), Item: key})
	return err
}

func TestVersion1OfTheSDK(t *testing.T) {
	r := Run(t, giftCards("version 1", redeemV1))
	if r.Err != nil || r.Schedules != 6 || len(r.Violations) != 4 {
		t.Error(r)
	}
}
