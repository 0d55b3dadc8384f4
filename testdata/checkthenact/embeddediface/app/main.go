// The app opens the pool.
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/checkthenact/embeddediface/dynamo"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/embeddediface/lockers"
)

func main() {
	client := dynamodb.New(dynamodb.Options{Region: os.Getenv("AWS_REGION")})
	pool := lockers.Pool{Lockers: dynamo.New(client, "lockers")} // wantpass checkthenact
	if err := pool.Take(context.Background(), os.Args[1], os.Args[2]); err != nil {
		log.Print(err)
	}
}
