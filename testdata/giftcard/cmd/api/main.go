// Api serves gift cards over HTTP.
package main

import (
	"log"
	"net/http"

	"example.com/giftcard/internal/campaign"
	"example.com/giftcard/internal/client"
	"example.com/giftcard/internal/shop"
	"example.com/giftcard/internal/store"
)

func main() {
	s := store.New(client.FromEnvironment(), store.TablesFromEnvironment())
	api := &server{shop: shop.New(s), campaigns: campaign.New(s)}
	log.Fatal(http.ListenAndServe(":8080", api.routes()))
}
