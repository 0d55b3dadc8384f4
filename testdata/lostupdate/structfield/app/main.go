// The app fills the struct of functions: one closure, two method values.
package main

import (
	"log"
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/structfield/basket"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/structfield/dynamo"
)

func main() {
	client := dynamodb.New(dynamodb.Options{Region: os.Getenv("AWS_REGION")})
	saver := dynamo.Saver{DB: client}
	api := basket.NewAPI(basket.Deps{
		Load: dynamo.Loader(client),
		Save: saver.Save, // wantpass lostupdate
		Swap: saver.Swap,
	})
	http.Handle("POST /baskets/{customer}/lines", api)
	log.Print(http.ListenAndServe(":8080", nil))
}
