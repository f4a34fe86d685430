"""A Telegram of one's own on one machine: Bot API, delivery to the webhook, and a chat page.

`python -m services.local.telegram` serves, on the loopback interface: `/bot<token>/<method>` and
`/file/bot<token>/<path>` (the Bot API), `/` (the chat page), `/livez`, `/readyz`, and this small
API, JSON in and out, by which the page, tests and load drivers act as people. `<person>` is a
Telegram id; `chat` is a chat id and means the person's private chat when left out. Refusals look
like the Bot API's: {"ok": false, "error_code", "description"} with that status.

    GET  /local/state                 {bot, people: [{id, name, username, language_code, phone,
                                      organiser, started, blocked, chats: [{chat, unread, last}]}],
                                      commands: {language: [...]}}
    POST /local/people                {first_name, last_name?, username?, language_code?, phone?,
                                      id?, started?} -> 201 and the person as above; `started`: as
                                      if he had written before, so that the bot may write to him
    GET  /local/<person>/chat         ?chat=&limit=200 -> {chat, messages: [Bot API Messages, oldest
                                      first], keyboard: the reply keyboard's markup or null}
    POST /local/<person>/say          {text, chat?, reply_to?} -> {message_id, update_id}; a deep
                                      link t.me/<bot>?start=x is say "/start x"; update_id is null
                                      where the bot does not see it (talk in a group)
    POST /local/<person>/press        {message_id, data, chat?, wait?} -> {callback_query_id,
                                      update_id}; any data may be sent, also to messages that are
                                      gone; with `wait` (whole seconds, at most 60) also
                                      {answer: {text, show_alert, url} or null}
    POST /local/<person>/contact      {of?} -> as say; `of` is another person's id
    POST /local/<person>/photo        ?chat=&caption=, the body a PNG or JPEG -> as say
    POST /local/<person>/block        {blocked?: true} -> {update_id}
    POST /local/<person>/read         {chat?}: nothing is unread there any more
    GET  /local/files/<file_id>       a photo or a document
    GET  /local/events                server-sent events, each one JSON object with a `type`:
                                      message, edited {chat, message, keyboard}, deleted {chat,
                                      message_id}, keyboard {chat, keyboard}, answer {person,
                                      callback_query_id, text, show_alert, url}, action {chat,
                                      action}, read {person, chat}, people, commands (ask again)

In the page people are `[data-person=<id>]`, chats `[data-chat]`, messages `[data-message]` with
`[data-from=bot|<id>]`, inline buttons `[data-callback]` or `[data-url]`, reply keys `[data-reply]`;
all else has a role and a name, and `/#<person>` or `/#<person>/<chat>` opens that chat.

Updates are kept before an act is answered and survive a SIGKILL; the bot sees them at least once.
"""
