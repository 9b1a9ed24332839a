package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const stopWithin = 10 * time.Second

func main() {
	http.HandleFunc("/", hello)
	http.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	server := &http.Server{Addr: ":" + port(), ReadHeaderTimeout: stopWithin}

	stopped, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	done := make(chan struct{})
	go func() {
		<-stopped.Done()
		deadline, cancel := context.WithTimeout(context.Background(), stopWithin)
		defer cancel()
		_ = server.Shutdown(deadline)
		close(done)
	}()

	log.Printf("listening on port %s", port())
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		log.Fatal(err)
	}
	<-done
}

func hello(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		http.NotFound(w, r)
		return
	}
	fmt.Fprintf(w, "Hello from Go %s\n", strings.TrimPrefix(runtime.Version(), "go"))
}

func port() string {
	if port := os.Getenv("PORT"); port != "" {
		return port
	}
	return "8080"
}
