// The app wires the gates with DynamoDB.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/mapper/dynamo"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/mapper/turnstile"
)

func main() {
	client := dynamodb.New(dynamodb.Options{Region: os.Getenv("AWS_REGION")})
	gates := turnstile.Gates{Tickets: &dynamo.Tickets{DB: client, Table: "tickets"}} // wantpass lostupdate
	if err := gates.Scan(context.Background(), os.Args[1], os.Args[2], time.Now()); err != nil {
		log.Print(err)
	}
}
