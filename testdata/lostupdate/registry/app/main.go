// The app hands constructors to a container.
package main

import (
	"context"
	"errors"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/registry/dynamo"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/registry/inject"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/registry/rental"
)

func client() *dynamodb.Client {
	return dynamodb.New(dynamodb.Options{Region: os.Getenv("AWS_REGION")})
}

func main() {
	var c inject.Container
	err := errors.Join(c.Provide(client), c.Provide(dynamo.NewBikes), c.Provide(rental.New))
	if err != nil {
		log.Print(err)
		return
	}
	err = c.Invoke(func(r *rental.Rental) {
		if err := r.Ride(context.Background(), os.Args[1], 3.5); err != nil {
			log.Print(err)
		}
	})
	if err != nil {
		log.Print(err)
	}
}
