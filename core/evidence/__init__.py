"""From traces and other tools' logs to clean datasets: collect, score, screen, export; a receipt for each stage."""
