// The app wires the library with documents, and documents with DynamoDB.
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/adapter/dynamo"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/adapter/kv"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/adapter/loans"
)

func main() {
	client := dynamodb.New(dynamodb.Options{Region: os.Getenv("AWS_REGION")})
	var store kv.Store = &dynamo.Store{DB: client, Table: "library"} // wantpass lostupdate
	library := loans.Library{Readers: kv.NewReaders(store)}
	if err := library.Lend(context.Background(), os.Args[1], os.Args[2]); err != nil {
		log.Print(err)
	}
}
