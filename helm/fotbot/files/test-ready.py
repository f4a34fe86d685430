"""Every pod of the release says that it is ready."""
import http.client
import os
import socket
import sys

pods = sorted({found[4][0] for found in socket.getaddrinfo(os.environ["PODS"], 9090)})
unready = 0
for pod in pods:
    connection = http.client.HTTPConnection(pod, 9090, timeout=10)
    connection.request("GET", "/readyz")
    answer = connection.getresponse()
    told = answer.read().decode()
    if answer.status != 200:
        unready += 1
        print(pod, answer.status, told)
print(len(pods) - unready, "of", len(pods), "pods are ready")
sys.exit(1 if unready or not pods else 0)
