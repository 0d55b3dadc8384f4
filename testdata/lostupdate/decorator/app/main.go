// The app wires miles with two decorators around DynamoDB.
package main

import (
	"context"
	"expvar"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/decorator/dynamo"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/decorator/miles"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/decorator/wrap"
)

func accounts() miles.Accounts {
	client := dynamodb.New(dynamodb.Options{Region: os.Getenv("AWS_REGION")})
	return wrap.Metered{
		Accounts: wrap.NewCached(dynamo.Accounts{Client: client, Table: "flyers"}), // wantpass lostupdate
		Reads:    expvar.NewInt("reads"),
		Writes:   expvar.NewInt("writes"),
		Spent:    expvar.NewFloat("spent"),
	}
}

func main() {
	if err := miles.Credit(context.Background(), accounts(), os.Args[1], 500); err != nil {
		log.Print(err)
	}
}
