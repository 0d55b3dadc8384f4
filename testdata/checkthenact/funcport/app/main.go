// The app turns methods of the book into function ports.
package main

import (
	"context"
	"log"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/checkthenact/funcport/dynamo"
	"github.com/ddbvet/ddbvet/testdata/checkthenact/funcport/tables"
)

func main() {
	client := dynamodb.New(dynamodb.Options{Region: os.Getenv("AWS_REGION")})
	book := dynamo.Book{DB: client, Name: "reservations"}
	reserve := tables.Reserve(book.Find, book.Save) // wantpass checkthenact
	if len(os.Args) > 4 {
		reserve = tables.ReserveSafe(book.Find, book.SaveNew)
	}
	if err := reserve(context.Background(), os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Print(err)
	}
}
