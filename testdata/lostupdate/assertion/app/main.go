// The app fills the container.
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/assertion/dynamo"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/assertion/patients"
)

func main() {
	client := dynamodb.New(dynamodb.Options{Region: os.Getenv("AWS_REGION")})
	c := patients.Container{"plans": &dynamo.Plans{DB: client, Table: "plans"}} // wantpass lostupdate
	if err := patients.Prescribe(context.Background(), c, os.Args[1], os.Args[2]); err != nil {
		log.Print(err)
	}
}
