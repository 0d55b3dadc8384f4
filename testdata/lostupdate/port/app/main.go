// The app wires billing with DynamoDB, and without a region with memory.
package main

import (
	"context"
	"log"
	"os"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/port/billing"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/port/dynamo"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/port/memory"
)

func main() {
	desk := billing.NewDesk(memory.Invoices{})
	if region, ok := os.LookupEnv("AWS_REGION"); ok {
		client := dynamodb.New(dynamodb.Options{Region: region})
		desk = billing.NewDesk(dynamo.New(client, "invoices")) // wantpass lostupdate
	}
	cents, err := strconv.ParseInt(os.Args[2], 10, 64)
	if err != nil {
		log.Print(err)
		return
	}
	if err := desk.Pay(context.Background(), os.Args[1], cents); err != nil {
		log.Print(err)
	}
}
