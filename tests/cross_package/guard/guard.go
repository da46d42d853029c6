// Package guard handles panics.
package guard

import (
	"log"

	"example.com/depot/halt"
)

// Recover stops a panic, when it is deferred.
func Recover() {
	if r := recover(); r != nil {
		log.Println("recovered:", r)
	}
}

// Exit logs what was recovered and ends the program.
func Exit(reason any) {
	log.Println("fatal:", reason)
	halt.Now()
}
