// The app wires the room with DynamoDB, and without a region with memory.
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/resent/dynamo"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/resent/memory"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/resent/shelf"
)

func main() {
	room := shelf.Room{Shelves: memory.Shelves{}}
	if region, ok := os.LookupEnv("AWS_REGION"); ok {
		client := dynamodb.New(dynamodb.Options{Region: region})
		room = shelf.Room{Shelves: &dynamo.Shelves{DB: client, Table: "shelves"}} // wantpass lostupdate
	}
	if len(os.Args) < 3 {
		log.Print(room.Replace(context.Background(), os.Stdin))
		return
	}
	if err := room.Add(context.Background(), os.Args[1], os.Args[2]); err != nil {
		log.Print(err)
	}
}
