// The app wires billing with DynamoDB.
package main

import (
	"context"
	"log"
	"os"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/port/billing"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/port/dynamo"
)

func main() {
	client := dynamodb.New(dynamodb.Options{Region: os.Getenv("AWS_REGION")})
	desk := billing.NewDesk(dynamo.New(client, "invoices")) // wantpass lostupdate
	cents, err := strconv.ParseInt(os.Args[2], 10, 64)
	if err != nil {
		log.Print(err)
		return
	}
	if err := desk.Pay(context.Background(), os.Args[1], cents); err != nil {
		log.Print(err)
	}
}
