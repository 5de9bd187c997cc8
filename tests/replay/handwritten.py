# ruff: noqa: E501 - the answers read better whole
"""Past work and answers to it, written by hand: the tone and disorder of real answers, which no template has.

Each entry is (question, past task, past answer, right answers, fabricated answers).
"""

from __future__ import annotations

Entry = tuple[str, str, str, list[str], list[str]]

ENTRIES: list[Entry] = [
    (
        "how did we fix the login loop last time?",
        "Users on Safari get stuck in a login loop",
        "The session cookie was set with SameSite=None but without Secure, so Safari 17 dropped it. Fix: set `Secure` in auth/cookies.py (function set_session_cookie) and roll the app servers one after another. Rolled out on 12 March, no reports since.",
        [
            "Safari dropped the session cookie because it had SameSite=None without Secure. We added `Secure` in set_session_cookie (auth/cookies.py) and restarted the app servers one by one.",
            "Last time it was the cookie: `SameSite=None` needs `Secure`, otherwise Safari 17 throws it away. The fix went out on March 12 and there have been no reports since then.",
            "In short:\n\n- Cause: cookie without Secure flag\n- Where: `cookies.py`\n- Rollout: one server after another",
        ],
        [
            "It was a Redis timeout. We raised the session TTL to 3600 seconds and the loop went away.",
            "The session cookie was missing the HttpOnly flag, so Safari 17 dropped it. The fix is in auth/middleware.py.",
            "We pinned passport-saml to 1.4.2 and asked users to clear their cookies.",
        ],
    ),
    (
        "What did the vet say about Rufus's diet?",
        "Note from the vet about Rufus",
        "Dr. Hallström wants Rufus down from 34 kg to 30 kg by autumn: 280 g of dry food a day split in two meals, no table scraps, a weigh-in every three weeks.",
        [
            "Dr. Hallström said Rufus should lose weight: from 34 to 30 kg by autumn. He gets 280 grams of dry food a day, in two meals, and nothing from the table.",
            "Two meals a day, 280g dry food in total, no scraps. Weigh him every 3 weeks; the goal is 30 kilos.",
            "The vet wants him to lose 4 kg... well, to get from 34 kg down to 30 kg. No table scraps!",
        ],
        [
            "Dr. Hallström said Rufus should get 350 g of dry food a day until he reaches 30 kg.",
            "Rufus should be on Royal Canin Satiety, twice a day, and be weighed every three weeks.",
            "He has to be at 30 kg by the 1st of October, otherwise Dr. Hallström wants to test his thyroid at the Uppsala clinic.",
        ],
    ),
    (
        "Draft the reply to Mrs Okonkwo about her refund",
        "Refund case of Adaeze Okonkwo",
        "Order 55-2081, a blue Tessel lamp, arrived broken on 3 June. Refund of £64.50 approved by Marcus, paid back to the card within five working days. She may keep the lamp.",
        [
            "Dear Mrs Okonkwo,\n\nI am sorry that your lamp arrived broken. Your refund of £64.50 for order 55-2081 has been approved and will be back on your card within five working days. You are welcome to keep the lamp.\n\nKind regards",
            "Dear Ms Okonkwo, thank you for your patience. We have approved the refund (64.50 pounds) for the blue Tessel lamp. Please allow 5 working days. There is no need to send the lamp back.",
        ],
        [
            "Dear Mrs Okonkwo,\n\nYour refund of £64.50 has been approved, together with a £10 voucher for your next order. Use code SORRY10 at the checkout.\n\nKind regards",
            "Dear Mrs Okonkwo, please send the lamp to our Leicester warehouse with the label attached. Once it has arrived we will refund £64.50.",
            "Dear Mrs Okonkwo, order 55-2018 was refunded on 9 June. Kind regards, Marcus",
        ],
    ),
    (
        "what's the backup schedule for the photo server",
        "Describe the backups of the photo server",
        "Nightly at 01:30 with restic to the Backblaze bucket `lumen-photos`, keep 7 daily, 4 weekly, 12 monthly. The script is /opt/backup/photos.sh, its log goes to /var/log/restic.log. Check that the last snapshot is younger than a day: `restic snapshots --latest 1`.",
        [
            "Every night at 1:30 am restic backs up to the bucket lumen-photos at Backblaze. It keeps 7 daily, 4 weekly and 12 monthly snapshots. To check, run `restic snapshots --latest 1`.",
            "The photo server is backed up nightly (01:30). Script: `/opt/backup/photos.sh`; log: `/var/log/restic.log`. Check that the latest snapshot isn't older than one day.",
            "Retention is seven daily, four weekly, twelve monthly. It runs nightly.",
        ],
        [
            "Every night at 2:15 am restic backs up to Backblaze, and on Sundays a full copy goes to a NAS. Check the snapshots.",
            "It is backed up hourly with borg to `ssh://vault.lumen.example/photos`. Check the last archive.",
            "restic keeps 14 daily and 6 weekly snapshots in lumen-photos. Check with `restic check --read-data-subset=5%`.",
        ],
    ),
    (
        "Explain what the parse_window function returns",
        "Document parse_window in the scheduler",
        "parse_window(text) returns a tuple (start, end) of minutes since midnight; '22:00-06:00' gives (1320, 360), so the end may be smaller than the start. An empty string raises ValueError.",
        [
            "It returns a `(start, end)` tuple, both in minutes since midnight. For example '22:00-06:00' becomes (1320, 360). Note that the end can be smaller than the start when the window passes midnight. It raises `ValueError` for an empty string.",
            "A pair of ints: start and end in minutes after midnight. An empty string is a ValueError.",
            '`parse_window` gives you `start` and `end`. With "22:00-06:00" you get 1320 and 360.',
        ],
        [
            "It returns a `TimeWindow` dataclass with `begins_at` and `duration_seconds`.",
            "It returns a tuple (start, end) of minutes since midnight. For an empty string it returns (0, 1440).",
            "It returns a list of `datetime.time` objects, rounded to 15 minutes, and raises `WindowSyntaxError` otherwise.",
        ],
    ),
    (
        "Which translation agency did we use for the Polish manual, and what did it cost?",
        "Polish manual translation",
        "Done by Lingwell (contact: Zofia Krawczyk), 11,400 words at 0.14 EUR a word, EUR 1,596 in total, delivered in nine days. Quality was good, one terminology mix-up around 'valve'.",
        [
            "Lingwell did it; our contact was Zofia Krawczyk. It cost €1596 for 11,400 words (0.14 a word).",
            'We used Lingwell. The total was 1,596 euros and it took 9 days. There was one mix-up with the term "valve".',
            "Zofia Krawczyk's agency, Lingwell: about 1,600 euros.",
        ],
        [
            "We used Transperfect. The total was 1,596 euros.",
            "Lingwell did it for €1,596 plus 23% VAT.",
            "Lingwell; the contact was Zofia Krawczyk (z.krawczyk@lingwell.example), who gave us a 10 percent discount.",
        ],
    ),
    (
        "How do I get the 3D printer to stop stringing?",
        "Stringing on the Prusa",
        "Dry the PETG at 65 degrees for six hours, lower the nozzle from 250 to 235, set retraction to 0.8 mm at 40 mm/s. That ended it on the MK4. Confirm with the retraction tower in /prints/tests/tower.gcode.",
        [
            "1. Dry the PETG: 6 hours at 65 °C.\n2. Lower the nozzle to 235 °C.\n3. Retraction: 0.8 mm, 40 mm/s.\n\nThen print the retraction tower to confirm (`/prints/tests/tower.gcode`).",
            "Drying the filament helped most (65 degrees, six hours). Also go down to 235 on the nozzle and use 0.8mm of retraction. Confirm with the tower.",
        ],
        [
            "Lower the nozzle to 215 and raise the retraction to 2 mm. Confirm with the tower.",
            'Switch from PETG to Prusament PLA and enable "wipe while retracting". Confirm with the tower print.',
            "Install firmware 5.1.2 on the MK4, it fixes stringing. Confirm with /prints/tests/tower.gcode.",
        ],
    ),
    (
        "Who's coming to dinner on Saturday and what can't they eat?",
        "Guests on Saturday",
        "Saturday, half past seven: Priya (vegetarian), Tom and Ellie (Ellie: no nuts), my brother Sam. Sam brings wine. Dessert is the lemon tart.",
        [
            "Priya, Tom, Ellie and Sam. Priya is vegetarian and Ellie can't have nuts.",
            "Four guests: Priya (vegetarian), Tom, Ellie (no nuts) and your brother Sam, who brings the wine.",
            "Saturday's guests are Priya, Tom and Ellie, and Sam. Keep it vegetarian for Priya and nut-free for Ellie. Lemon tart is fine as long as there are no nuts in it.",
        ],
        [
            "Priya, Tom, Ellie and Sam. Priya is vegan and Marta is lactose intolerant.",
            "Priya and her husband Vikram, Tom, Ellie and Sam. Ellie can't have nuts.",
            "Priya, Tom, Ellie, Sam. They come at 19:00, and Sam can't eat gluten since his diagnosis in 2021.",
        ],
    ),
    (
        "Summarise the outage of the search cluster",
        "Postmortem: search outage",
        "From 14:05 to 14:52 UTC search returned 503. A reindex job filled the disk of es-data-3 (98 %), the cluster went read-only. We deleted the old index products_v7 and cleared the block. Action items: alert at 85 %, owner Lena; reindex only with --slices=2, owner Ravi.",
        [
            "Search was down for 47 minutes... more precisely from 14:05 to 14:52 UTC, answering 503. The disk of es-data-3 was full after a reindex, so the cluster turned read-only. Deleting products_v7 solved it. Lena adds an alert at 85%, Ravi limits reindexing with `--slices=2`.",
            "**Impact:** 503s between 14:05 and 14:52.\n**Cause:** A reindex job filled a data node's disk to 98 percent.\n**Fix:** The old index `products_v7` was deleted and the block cleared.\n**Follow-up:** Lena (alert at 85 %), Ravi (slices).",
        ],
        [
            "Search was down from 14:05 to 16:20 UTC because the JVM heap of es-master-1 was exhausted.",
            "A reindex filled the disk of es-data-3. We added 500 GB of disk and restarted Elasticsearch 8.11. Lena owns the follow-up.",
            "The cluster went read-only at 98 %. The error rate was 37% and about 12,000 customers were affected. Ravi wrote the postmortem.",
        ],
    ),
    (
        "What are the house rules for the holiday flat?",
        "House rules, flat in Sète",
        "Check-in from 4 pm, check-out by 10 am. Key box code is at reception. No smoking, no parties, bins go out on Tuesday and Friday. The Wi-Fi is called CanalRoyal.",
        [
            "Check-in is from 16:00, check-out until 10:00. No smoking and no parties. Please put the bins out on Tuesdays and Fridays. Wi-Fi: CanalRoyal.",
            "- Arrive after 4pm\n- Leave by 10am\n- No smoking\n- No parties\n- Bins: Tuesday, Friday",
        ],
        [
            "Check-in is from 4 pm. The key box code is 4417. No smoking.",
            "Check-in from 4 pm, check-out by 11 am, no pets, and quiet hours after 22:00.",
            'No smoking and no parties. The Wi-Fi is called CanalRoyal, the password is "seteplage34".',
        ],
    ),
]
