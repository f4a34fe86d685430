"""Every pod of the release says that it is ready."""

import http.client
import os
import socket
import sys

name, port = os.environ["PODS"].rsplit(":", 1)
pods = sorted({str(found[4][0]) for found in socket.getaddrinfo(name, port)})
unready = 0
for pod in pods:
    connection = http.client.HTTPConnection(pod, int(port), timeout=10)
    connection.request("GET", "/readyz")
    answer = connection.getresponse()
    told = answer.read().decode()
    if answer.status != 200:
        unready += 1
        sys.stdout.write(f"{pod} {answer.status} {told}\n")
sys.stdout.write(f"{len(pods) - unready} of {len(pods)} pods are ready\n")
sys.exit(1 if unready or not pods else 0)
