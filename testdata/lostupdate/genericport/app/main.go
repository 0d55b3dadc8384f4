// The app wires the generic ports.
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/genericport/boards"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/genericport/dynamo"
)

func main() {
	client := dynamodb.New(dynamodb.Options{Region: os.Getenv("AWS_REGION")})
	handler := boards.NewHandler(
		dynamo.Retriever[boards.Team]{Client: client, Table: "teams"},
		dynamo.TeamUpdater{Client: client, Table: "teams"}, // wantpass lostupdate
		dynamo.Retriever[boards.Task]{Client: client, Table: "tasks"},
		dynamo.TaskUpdater{Client: client, Table: "tasks"},
	)
	ctx := context.Background()
	if err := handler.AddBoard(ctx, os.Args[1], os.Args[2]); err != nil {
		log.Print(err)
	}
	if err := handler.FinishSafe(ctx, os.Args[3]); err != nil {
		log.Print(err)
	}
}
