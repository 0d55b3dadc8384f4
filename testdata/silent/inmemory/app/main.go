// The app wires notes in memory with an archive in DynamoDB.
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/silent/inmemory/dynamo"
	"github.com/ddbvet/ddbvet/testdata/silent/inmemory/memory"
	"github.com/ddbvet/ddbvet/testdata/silent/inmemory/notes"
)

func main() {
	client := dynamodb.New(dynamodb.Options{Region: os.Getenv("AWS_REGION")})
	port := memory.New()
	s := notes.New(port, dynamo.Archive{Client: client, Table: "archive"})
	ctx := context.Background()
	if err := port.Save(ctx, notes.Note{ID: "1"}); err != nil {
		log.Print(err)
	}
	if err := s.Append(ctx, "1", "hello"); err != nil {
		log.Print(err)
	}
}
