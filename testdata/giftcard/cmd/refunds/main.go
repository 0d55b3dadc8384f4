// Refunds is the Lambda function behind the stream of the orders table.
package main

import (
	"github.com/aws/aws-lambda-go/lambda"

	"example.com/giftcard/internal/client"
	"example.com/giftcard/internal/refund"
	"example.com/giftcard/internal/store"
)

func main() {
	s := store.New(client.FromEnvironment(), store.TablesFromEnvironment())
	lambda.Start(refund.New(s).Handle)
}
