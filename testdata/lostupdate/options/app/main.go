// The app opens a polling booth.
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/options/dynamo"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/options/poll"
)

func main() {
	client := dynamodb.New(dynamodb.Options{Region: os.Getenv("AWS_REGION")})
	booth := poll.NewBooth(
		poll.WithPolls(&dynamo.Polls{DB: client, Table: "polls"}), // wantpass lostupdate
		poll.WithHook(func(_ context.Context, id string) { log.Print("vote in ", id) }),
	)
	if err := booth.Vote(context.Background(), os.Args[1], os.Args[2]); err != nil {
		log.Print(err)
	}
}
