"""The webhook is there and lets nobody in who does not know the secret."""

import http.client
import os
import sys

gateway = http.client.HTTPConnection(os.environ["GATEWAY"], timeout=10)
header = {"X-Telegram-Bot-Api-Secret-Token": "not-the-secret", "Content-Type": "application/json"}
gateway.request("POST", os.environ["WEBHOOK_PATH"], '{"update_id": 1}', header)
status = gateway.getresponse().status
sys.stdout.write(f"a wrong secret is answered {status}\n")
sys.exit(0 if status in (401, 403) else 1)
