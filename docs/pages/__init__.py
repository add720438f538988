"""The generated pages, one module each: values of the code in, Markdown out."""
