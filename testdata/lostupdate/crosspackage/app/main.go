// The app serves the catalog over HTTP.
package main

import (
	"log"
	"net/http"
	"os"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/ddbvet/ddbvet/testdata/lostupdate/crosspackage/service"
	"github.com/ddbvet/ddbvet/testdata/lostupdate/crosspackage/stock"
)

func main() {
	client := dynamodb.New(dynamodb.Options{Region: os.Getenv("AWS_REGION")})
	catalog := service.NewCatalog(stock.NewRepo(client, os.Getenv("PRODUCTS")))
	http.HandleFunc("POST /products/{sku}/deliveries", func(w http.ResponseWriter, r *http.Request) {
		pieces, err := strconv.Atoi(r.FormValue("pieces"))
		if err != nil {
			http.Error(w, "pieces must be a number", http.StatusBadRequest)
			return
		}
		if err := catalog.Deliver(r.Context(), r.PathValue("sku"), pieces); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
		}
	})
	log.Print(http.ListenAndServe(":8080", nil))
}
